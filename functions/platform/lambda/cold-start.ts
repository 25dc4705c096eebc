/**
 * Builds, on the first call, what lives as long as the execution environment. A failed build (a secret could not be read,
 * say) is not cached, so that the next call tries again.
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
