"""How the page looks: light and dark, from phones to wide screens."""

STYLE = """
:root{color-scheme:light dark;--paper:#fff;--ink:#1b1f24;--soft:#5b6570;--line:#d5dae0;--card:#f5f7f9;
--s0:#1f6fb2;--s1:#c8402f;--s2:#2e7d4f;--s3:#8a5fb0;--warn:#8a5a00;--warned:#fff6e0}
@media(prefers-color-scheme:dark){:root{--paper:#14171b;--ink:#e4e8ec;--soft:#98a3ae;--line:#353c44;--card:#1c2026;
--s0:#62a8e5;--s1:#f0806f;--s2:#63bd86;--s3:#b996dd;--warn:#f0c060;--warned:#2c2513}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);line-height:1.5;overflow-wrap:anywhere;
font-family:system-ui,-apple-system,"Segoe UI","Noto Sans","Noto Sans CJK KR","Noto Sans KR",
"Apple SD Gothic Neo","Malgun Gothic",sans-serif}
main{max-width:1100px;margin:0 auto;padding:16px}
h1{font-size:1.6rem;line-height:1.25;margin:.4em 0}h2{font-size:1.2rem;margin:2em 0 .5em;border-bottom:1px solid var(--line)}
h3{font-size:1rem;margin:1.2em 0 .3em}p{margin:.5em 0}ul{margin:.5em 0;padding-left:1.2em}
.soft,figcaption,caption{color:var(--soft);font-size:.88rem}.lead{font-size:1.08rem}
.tiles{display:flex;flex-wrap:wrap;gap:10px;margin:1em 0}
.tiles div{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:8px 14px;flex:1 1 140px}
.tiles b{display:block;font-size:1.35rem}.tiles span{color:var(--soft);font-size:.85rem}
.warn{background:var(--warned);border-left:4px solid var(--warn);padding:6px 12px 6px 30px;margin:1em 0}
.plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,310px),1fr));gap:16px;align-items:start}
.plots h3{margin:.2em 0}.plots>div{min-width:0}
figure{margin:0}svg{display:block;width:100%;height:auto;max-width:520px}
svg text{fill:var(--soft);font-size:10.5px;font-family:inherit}svg .name{fill:var(--ink);font-size:11.5px}
path{fill:none;stroke-width:1.8;stroke-linejoin:round}.grid{stroke:var(--line);stroke-width:.7}.axis{stroke:var(--soft);stroke-width:1}
.s0{stroke:var(--s0)}.s1{stroke:var(--s1)}.s2{stroke:var(--s2)}.s3{stroke:var(--s3)}
.thin{stroke-width:1;opacity:.45}.dash{stroke-dasharray:5 4;stroke:var(--soft);stroke-width:1.2}
.rug{stroke:var(--soft);stroke-width:.8;opacity:.6}
.dot{stroke-width:5;stroke-linecap:round;opacity:.55}.big{stroke-width:9;stroke-linecap:round}
.f0,.f1,.f2,.f3{stroke:none;opacity:.18}.f0{fill:var(--s0)}.f1{fill:var(--s1)}.f2{fill:var(--s2)}.f3{fill:var(--s3)}
.faint{opacity:.07}.bar{fill:var(--s0);stroke:var(--paper);stroke-width:.6;opacity:.85}
figcaption span{margin-right:1em;white-space:nowrap;display:inline-block}
.key{display:inline-block;width:18px;height:0;border-top:3px solid;margin-right:5px;vertical-align:middle}
.key.s0,.key.f0,.key.bar{border-color:var(--s0)}.key.s1,.key.f1{border-color:var(--s1)}.key.s2,.key.f2{border-color:var(--s2)}
.key.s3,.key.f3{border-color:var(--s3)}
.key.dash{border-top:2px dashed var(--soft)}.key.f0,.key.f1,.key.f2,.key.f3{border-top-width:9px}
.scroll{overflow-x:auto;max-width:100%;margin:.6em 0}table{border-collapse:collapse;font-size:.92rem;overflow-wrap:normal}
th,td{padding:4px 10px 4px 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
td{max-width:26em;min-width:2.2em}.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}td.out{color:var(--soft)}
td.heat{text-align:right;padding:4px 10px;background:color-mix(in srgb,var(--h) calc(var(--p)*1%),transparent)}
td:first-child,th:first-child{min-width:5.5em}caption{text-align:left;padding-bottom:4px}
.size{display:block;width:clamp(80px,24vw,320px);height:14px;max-width:none}
.size rect{fill:var(--s0)}.size rect.minus{fill:var(--s1)}.size path{stroke:var(--ink);stroke-width:1.2}
pre{background:var(--card);border:1px solid var(--line);border-radius:6px;padding:10px;
white-space:pre-wrap;overflow-wrap:anywhere}
code{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"Noto Sans Mono CJK KR",monospace;font-size:.9em}
details{margin:.6em 0}summary{cursor:pointer;color:var(--s0)}footer{margin:3em 0 1em;color:var(--soft);font-size:.85rem}
@media print{:root{color-scheme:light}.scroll{overflow:visible}}
""".strip()
