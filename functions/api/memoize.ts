/** What is made when it is first asked for: all schemas together would be most of a cold start. */
export const memoize = <Made>(make: () => Made): (() => Made) => {
  let made: { readonly value: Made } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};
