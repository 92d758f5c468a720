// What the page asks the server for. A recording has all of it already.

import { given, t } from "./words.js";

async function ask(path, document) {
  const reply = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(document) });
  const found = await reply.json();
  if (!reply.ok) throw new Error(found.key ? t(found.key, found.values) : found.error);
  return found;
}

export async function begin(plan, csv) {
  return given.recording ?? ask("lessons", { plan, ...(plan.data === "csv" && csv ? { csv: csv.text, name: csv.name } : {}) });
}

export async function moreFrames(id, count, updates) {
  return (await ask(`lessons/${id}/frames`, { count, updates })).frames;
}

export async function findingsOf(id) {
  return (await ask(`lessons/${id}/findings`, {})).findings;
}
