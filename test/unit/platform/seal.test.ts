import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeRotatingSeal, makeSeal, SealError } from '../../../functions/platform/secrets/seal.ts';

const PLAIN = new TextEncoder().encode('whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD');
const AAD = 'org_1/app_1/ep_1';

describe('sealed secret', () => {
  it('opens to the same bytes and does not contain them', () => {
    const seal = makeSeal(['main']);
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), (plain, aad) => {
        const sealed = seal.seal(plain, aad);
        expect(Buffer.from(seal.open(sealed, aad))).toEqual(Buffer.from(plain));
        if (plain.length > 8) expect(Buffer.from(sealed).includes(Buffer.from(plain))).toBe(false);
      }),
    );
  });

  it('is sealed with the newest main secret and opens with any listed one', () => {
    const before = makeSeal(['old']).seal(PLAIN, AAD);
    const rotated = makeSeal(['new', 'old']);
    expect(Buffer.from(rotated.open(before, AAD))).toEqual(Buffer.from(PLAIN));
    expect(Buffer.from(makeSeal(['new']).open(rotated.seal(PLAIN, AAD), AAD))).toEqual(Buffer.from(PLAIN));
  });

  it('does not open with another main secret, purpose or location', () => {
    const sealed = makeSeal(['main']).seal(PLAIN, AAD);
    expect(() => makeSeal(['other']).open(sealed, AAD)).toThrow('main secret that is not listed');
    expect(() => makeSeal(['main'], 'portal').open(sealed, AAD)).toThrow(SealError);
    expect(() => makeSeal(['main']).open(sealed, 'org_1/app_1/ep_2')).toThrow('sealed with another aad');
  });

  it('does not open after any byte changed', () => {
    const seal = makeSeal(['main']);
    const sealed = seal.seal(PLAIN, AAD);
    for (const index of sealed.keys()) {
      const changed = Buffer.from(sealed);
      changed[index]! ^= 1;
      expect(() => seal.open(changed, AAD)).toThrow(SealError);
    }
    expect(() => seal.open(sealed.subarray(0, 20), AAD)).toThrow(SealError);
  });

  it('is different each time', () => {
    const seal = makeSeal(['main']);
    expect(Buffer.from(seal.seal(PLAIN, AAD))).not.toEqual(Buffer.from(seal.seal(PLAIN, AAD)));
  });

  it('cannot be created without a main secret', () => {
    expect(() => makeSeal([])).toThrow(SealError);
  });
});

describe('rotating seal', () => {
  /** A secret that functions read once a minute at most, and a function that holds it. */
  const rotating = async () => {
    const stored = { versions: ['old'], reads: 0 };
    let held: readonly string[] = stored.versions;
    const read = () => {
      stored.reads += 1;
      held = stored.versions;
      return held;
    };
    const secret = {
      current: async () => held,
      refresh: async () => read().length > 1,
    };
    return { stored, secret, seal: await makeRotatingSeal(secret) };
  };

  it('reads the secret again for a value that an unknown key sealed, and for no other', async () => {
    const { stored, seal } = await rotating();
    const before = seal.seal(PLAIN, AAD);
    stored.versions = ['new', 'old'];
    await seal.ready([before]);
    expect(stored.reads).toBe(0);
    const after = makeSeal(['new']).seal(PLAIN, AAD);
    expect(() => seal.open(after, AAD)).toThrow('not listed');
    await seal.ready([before, after]);
    expect(stored.reads).toBe(1);
    expect(Buffer.from(seal.open(after, AAD))).toEqual(Buffer.from(PLAIN));
    expect(Buffer.from(seal.open(before, AAD))).toEqual(Buffer.from(PLAIN));
    expect([seal.isNewest(before), seal.isNewest(after), seal.isNewest(seal.seal(PLAIN, AAD))]).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('stays closed for a value that no listed key sealed', async () => {
    const { seal } = await rotating();
    const foreign = makeSeal(['foreign']).seal(PLAIN, AAD);
    await seal.ready([foreign]);
    expect(() => seal.open(foreign, AAD)).toThrow('main secret that is not listed');
  });
});
