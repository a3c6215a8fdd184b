/**
 * The value with every typed array standing in a buffer of its own. A message to a webview carries the whole buffer
 * that a typed array is a view on, and what came from the inference process shares the buffer of its message.
 */
export function withOwnBuffers(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return ownBuffer(value);
  if (Array.isArray(value)) return value.map(withOwnBuffers);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withOwnBuffers(part)]));
}

function ownBuffer(view: ArrayBufferView): ArrayBufferView {
  // A Buffer would be written as JSON: it has a toJSON of its own.
  if (view instanceof Uint8Array) return new Uint8Array(view);
  if (view.byteLength === view.buffer.byteLength || view instanceof DataView) return view;
  return (view as Float32Array).slice();
}
