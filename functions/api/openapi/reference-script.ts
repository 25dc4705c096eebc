/**
 * Redoc's script, compressed, in base64: the bundler puts it here for the function that serves it (lib/building-blocks/
 * function-code.ts). Import this module where it is needed, since it is large. Empty elsewhere.
 */
export const REFERENCE_SCRIPT: string = process.env['API_REFERENCE'] ?? '';
