/** The clock of the functions: ahead of this machine's, and slower where the machine is slower than AWS. */
export interface Clock {
  /** An instant of this machine (ms since 1970), what the functions' clock said then, and how fast it runs since. */
  readonly machineMs: number;
  readonly functionsMs: number;
  readonly rate: number;
}

/** What the functions' clock says; without one, the machine's. */
export const timeOf = (clock: Clock | undefined, machineMs: number): number =>
  clock === undefined ? machineMs : clock.functionsMs + (machineMs - clock.machineMs) * clock.rate;

/** The same clock from now on ahead by so much more, or at another rate. It never goes back. */
export const changed = (
  clock: Clock | undefined,
  machineMs: number,
  { aheadMs = 0, rate = clock?.rate ?? 1 }: { readonly aheadMs?: number; readonly rate?: number },
): Clock => ({ machineMs, functionsMs: timeOf(clock, machineMs) + aheadMs, rate });
