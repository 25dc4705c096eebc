/** Caches the result of the first call of `make`: building all schemas at once would dominate a cold start. */
export const memoize = <Made>(make: () => Made): (() => Made) => {
  let made: { readonly value: Made } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};
