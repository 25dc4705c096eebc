/** How much of an answer is kept (the Svix contract). */
export const STORED_BYTES = 20_000;

/**
 * An answer's body as text to store: its first 20,000 bytes as UTF-8, or in base64 if those are not UTF-8, be it
 * only because the cut falls inside a character. NUL is a character like any other: JSON escapes it.
 */
export function storedText(chunks: readonly Uint8Array[]): string {
  const bytes = Buffer.concat(chunks).subarray(0, STORED_BYTES);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return bytes.toString('base64');
  }
}
