const explanations: readonly (readonly [pattern: RegExp, explanation: string])[] = [
  [/protobuf parsing failed|invalid protobuf|ModelProto/i, 'the ONNX file is damaged or incomplete'],
  [
    /external data|\.onnx[._]data|GetFileContent|out of bounds|Data of TensorProto/i,
    'the file with its weights (external data) is missing, damaged or incomplete',
  ],
  [
    /opset \d+ is under development|unsupported model IR version|IR_VERSION/i,
    'it was made for a newer onnxruntime',
  ],
  [
    /is not a registered function\/op|No Op registered|NOT_IMPLEMENTED/i,
    'it uses an operation that this build of onnxruntime lacks',
  ],
  [/bad_alloc|failed to allocate|out of memory/i, 'there is not enough free memory'],
];

/**
 * onnxruntime's reason for not loading a graph, led by what it means when that is known. Its own words stay: they name
 * the file and the node.
 */
export function explainLoadFailure(reason: string): string {
  const known = explanations.find(([pattern]) => pattern.test(reason));
  return known ? `${known[1]}. Get it again, or choose another model. (${reason})` : reason;
}
