/** What `make` gives for a key, made once; of nothing it is asked again. */
export function made<Key extends object, Value>(
  cache: WeakMap<Key, Value>,
  key: Key,
  make: () => Value | undefined
): Value | undefined {
  const value = cache.get(key) ?? make();
  if (value !== undefined) cache.set(key, value);
  return value;
}
