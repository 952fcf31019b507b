const FLOAT_BYTES = 4;

/** A vector as OpenAI's `encoding_format: base64` has it: float32, little-endian. */
export function base64Of(vector: readonly number[]): string {
  const bytes = Buffer.allocUnsafe(vector.length * FLOAT_BYTES);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * FLOAT_BYTES);
  return bytes.toString('base64');
}

/** The vector with length 1; one of zeros stays. */
export function unitVector(vector: readonly number[]): readonly number[] {
  let squares = 0;
  for (const value of vector) squares += value * value;
  if (squares === 0) return vector;
  const length = Math.sqrt(squares);
  return vector.map((value) => value / length);
}
