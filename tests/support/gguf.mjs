// Writes GGUF headers (ggml/docs/gguf.md), little endian, whole or damaged on purpose.

/** Types of values, as the format numbers them. */
export const valueTypes = ['u8', 'i8', 'u16', 'i16', 'u32', 'i32', 'f32', 'bool', 'string', 'array', 'u64', 'i64', 'f64'];

const sized = (bytes, set) => (x) => {
  const out = Buffer.alloc(bytes);
  out[set](x);
  return out;
};
const u32 = sized(4, 'writeUInt32LE'), u64 = (x) => sized(8, 'writeBigUInt64LE')(BigInt(x));
/** A text, or its bytes. */
const string = (x) => {
  const bytes = Buffer.from(x);
  return Buffer.concat([u64(bytes.length), bytes]);
};
const encoders = {
  u8: sized(1, 'writeUInt8'), i8: sized(1, 'writeInt8'), u16: sized(2, 'writeUInt16LE'), i16: sized(2, 'writeInt16LE'),
  u32, i32: sized(4, 'writeInt32LE'), f32: sized(4, 'writeFloatLE'), bool: sized(1, 'writeUInt8'), string,
  array: ({ type, values }) => Buffer.concat([u32(valueTypes.indexOf(type)), u64(values.length), ...values.map(encoder(type))]),
  u64, i64: (x) => sized(8, 'writeBigInt64LE')(BigInt(x)), f64: sized(8, 'writeDoubleLE'),
};
function encoder(type) {
  return (x) => encoders[type](x);
}

/** `metadata` is a list of {key, type, value}, `tensors` of {name, dims, type, offset}: row length first, `type` a ggml_type. */
export function ggufHeader({ version = 3, metadata = [], tensors = [] }) {
  return Buffer.concat([
    Buffer.from('GGUF'), u32(version), u64(tensors.length), u64(metadata.length),
    ...metadata.flatMap(({ key, type, value }) => [string(key), u32(valueTypes.indexOf(type)), encoder(type)(value)]),
    ...tensors.flatMap(({ name, dims, type, offset }) => [string(name), u32(dims.length), ...dims.map(u64), u32(type), u64(offset)]),
  ]);
}
