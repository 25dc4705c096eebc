/** The beginning of a text that has at most `most` bytes in UTF-8, without half a character at its end. */
export const firstBytes = (
  text: string,
  most: number,
): { readonly text: string; readonly isCut: boolean } => {
  if (text.length <= most / 3) return { text, isCut: false };
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= most) return { text, isCut: false };
  return { text: new TextDecoder().decode(bytes.subarray(0, most), { stream: true }), isCut: true };
};
