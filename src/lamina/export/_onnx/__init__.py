"""A model as ONNX: one exporter over the primitives of the native engine, a table of rules by family."""
