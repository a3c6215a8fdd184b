/**
 * IEEE 754 binary16, as raw bits, to float32. onnxruntime-node hands float16 tensors out as Uint16Array on Node
 * versions without Float16Array.
 */
export function float16ToFloat32(bits: Uint16Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(bits, decodeHalf);
}

function decodeHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
