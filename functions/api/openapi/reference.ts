/** Redoc's script (reference-script.ts), gzip in base64; empty in functions that do not serve it. */
export const loadReference = async (): Promise<string> => {
  const { REFERENCE_SCRIPT } = await import('./reference-script.ts');
  return REFERENCE_SCRIPT;
};
