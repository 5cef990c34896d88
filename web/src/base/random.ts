// Keys for requests. crypto.randomUUID is not there on plain http pages, which
// an office network may well use, so the bytes are put together here.

/** A random key of 32 hexadecimal digits. */
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
