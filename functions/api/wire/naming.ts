/** What is wrong with a field, with its name as the client wrote it (`loc` has the contract's own names). */
export const naming = (field: string, message: string): string =>
  field === '' || message.toLowerCase().includes(field.toLowerCase()) ? message : `${field}: ${message}`;
