export { JsonInvalid, parseExactJson, writeExactJson } from './codec/json.ts';
export { compileExpression, type Expression } from './expression/compile.ts';
export { Decimal, DecimalInvalid } from './expression/decimal.ts';
export { EvaluationFailed, type Value, type ValueObject } from './expression/value.ts';
export { type CompiledConnector, type ConnectorFiles, compileConnector } from './language/compile-connector.ts';
export { type Problem, type ProblemCode, problemLine } from './language/problem.ts';
