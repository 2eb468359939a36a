// A value that follows another one when that has stood still for a while: typing does not ask the server at each letter.
import { useEffect, useState } from 'preact/hooks';

export function useLater<Value>(value: Value, delayMs: number): Value {
  const [later, setLater] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLater(value), delayMs);
    return () => clearTimeout(timer);
  }, [value, delayMs]);
  return later;
}
