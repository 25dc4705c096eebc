/**
 * Lambda's event filtering (Lambda Developer Guide, "Filter rule syntax"), as far as our patterns use it: nested objects,
 * lists of exact values and `anything-but`, which a missing attribute does not match.
 */

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const matchesRule = (rule: unknown, value: unknown): boolean => {
  if (!isObject(rule)) return rule === value;
  const { 'anything-but': excluded, ...others } = rule;
  if (!Array.isArray(excluded) || Object.keys(others).length > 0)
    throw new Error(`No such rule is known here: ${JSON.stringify(rule)}; add it to event-filter.ts.`);
  return value !== undefined && !excluded.includes(value);
};

/** Whether a record matches a pattern. */
export const matchesFilter = (pattern: object, record: unknown): boolean =>
  Object.entries(pattern).every(([name, rule]) => {
    const value = isObject(record) ? record[name] : undefined;
    return Array.isArray(rule)
      ? rule.some((one) => matchesRule(one, value))
      : matchesFilter(rule as object, value);
  });
