/**
 * Builds what lives as long as the environment, on the first call. A failed build (a table not yet reachable, a secret
 * not yet readable) is forgotten, so that the next call tries again instead of failing for ever.
 */
export const onColdStart = <Services>(
  build: () => Promise<Services> | Services,
): (() => Promise<Services>) => {
  let built: Promise<Services> | undefined;
  return () => {
    built ??= Promise.resolve()
      .then(build)
      .catch((error: unknown) => {
        built = undefined;
        throw error;
      });
    return built;
  };
};
