/** Prefixes an error with the field's name as the client wrote it, since `loc` has the contract's own names. */
export const naming = (field: string, message: string): string =>
  field === '' || message.toLowerCase().includes(field.toLowerCase()) ? message : `${field}: ${message}`;
