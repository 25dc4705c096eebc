import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkSubnets, makeAddressPolicy } from '../../../../functions/deliver/http-client/ssrf-guard.ts';

const policy = (allowedSubnets: string[] = [], stageSubnets: string[] = []) =>
  makeAddressPolicy({ allowedSubnets, stageSubnets });

/** First and last addresses of the ranges that the contract lists, and addresses internal to AWS and Lambda. */
const NOT_PUBLIC = [
  ...['0.0.0.0', '0.255.255.255', '10.0.0.0', '10.255.255.255', '172.16.0.0', '172.31.255.255'],
  ...['192.168.0.0', '192.168.255.255', '127.0.0.1', '127.255.255.255', '169.254.0.0', '169.254.169.254'],
  ...['169.254.170.2', '169.254.100.1', '100.64.0.0', '100.127.255.255', '192.0.0.0', '192.0.0.255'],
  ...['192.0.2.1', '198.51.100.1', '203.0.113.255', '192.88.99.1', '198.18.0.0', '198.19.255.255'],
  ...['224.0.0.1', '239.255.255.255', '240.0.0.0', '255.255.255.255'],
  ...['::', '::1', 'fe80::1', 'febf::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1', 'fc00::1', 'fdff::1'],
  ...['fd00:ec2::254', '2001:db8::1', '3fff::1', '3fff:fff::1', '100::1', '2002:7f00:1::', '2001::1'],
  ...['64:ff9b::7f00:1', '64:ff9b:1::1', '5f00::1', '2001:2::1', '2001:10::1', '2001:20::1'],
  ...['::7f00:1', '::a9fe:a9fe', '::127.0.0.1', '::ffff:127.0.0.1', '::ffff:a9fe:a9fe', '::ffff:0:7f00:1'],
  ...['1::1', '4000::1', 'fe00::1'],
];

const PUBLIC = [
  '1.1.1.1',
  '93.184.216.34',
  '172.15.255.255',
  '172.32.0.0',
  '100.128.0.0',
  '2606:4700::1111',
  '::ffff:8.8.8.8',
];

describe('the SSRF guard', () => {
  it.each(PUBLIC)('allows the public address %s', (address) => {
    expect(policy().decide(address)).toEqual({ kind: 'allow' });
  });

  it.each(NOT_PUBLIC)('denies %s', (address) => {
    expect(policy().decide(address).kind).toBe('deny');
  });

  it.each(['', 'localhost', '127.1', '0x7f000001', '2130706433', '010.8.8.8', '8.8.8.8:80', '[::1]'])(
    'denies %j, which is not an address',
    (text) => {
      expect(policy(['0.0.0.0/0', '::/0']).decide(text)).toEqual({ kind: 'deny', range: 'unparseable' });
    },
  );

  it('allows an organization the private ranges of its allowedSubnets, and no others', () => {
    const own = policy(['10.1.0.0/16', 'fd12::/16', '100.64.0.0/10']);
    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', 'fd12::1', '100.64.0.1']) {
      expect(own.decide(address).kind).toBe('allow');
    }
    for (const address of ['10.2.0.1', 'fd13::1', '192.168.0.1', '64:ff9b::a01:203']) {
      expect(own.decide(address).kind).toBe('deny');
    }
  });

  it('allows nothing but private ranges on AWS, however wide allowedSubnets are', () => {
    const wide = policy([
      '0.0.0.0/0',
      '::/0',
      '127.0.0.0/8',
      '169.254.0.0/16',
      'fd00::/8',
      'fd00:ec2::/32',
      '::1/128',
    ]);
    const isPrivate = /^(10|172|192\.168|100|f[cd])/;
    for (const address of NOT_PUBLIC) {
      const expected =
        isPrivate.test(address) && !address.startsWith('fd00:ec2') && !address.startsWith('100::');
      expect([address, wide.decide(address).kind]).toEqual([address, expected ? 'allow' : 'deny']);
    }
  });

  it('allows loopback only if the organization and the stage both list it', () => {
    const stage = ['127.0.0.1/32'];
    expect(policy(['127.0.0.1/32'], stage).decide('127.0.0.1').kind).toBe('allow');
    expect(policy(['127.0.0.0/8'], stage).decide('127.0.0.2').kind).toBe('deny');
    expect(policy([], stage).decide('127.0.0.1').kind).toBe('deny');
    expect(policy(['127.0.0.1/32'], []).decide('127.0.0.1').kind).toBe('deny');
  });

  it('denies every IPv6 form of a non-public IPv4 address', () => {
    const octet = fc.integer({ min: 0, max: 255 });
    const loopback = fc.tuple(fc.constantFrom(127, 10, 0), octet, octet, octet);
    fc.assert(
      fc.property(loopback, ([a, b, c, d]) => {
        const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
        const spellings = [
          `::${hex}`,
          `::ffff:${hex}`,
          `::ffff:0:${hex}`,
          `64:ff9b::${hex}`,
          `2002:${hex}::`,
        ];
        for (const address of spellings) expect(policy().decide(address).kind).toBe('deny');
      }),
    );
  });
});

describe('the validation of allowedSubnets', () => {
  it.each(['10.0.0.0/8', 'fd00::/8', '100.64.0.0/10', '0.0.0.0/0', '::/0', '8.8.8.8/32'])(
    'accepts %s',
    (subnet) => {
      expect(checkSubnets([subnet], [])).toEqual({ kind: 'ok' });
    },
  );

  it.each([
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0/8',
    '010.0.0.0/8',
    'x/8',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    'fd00::/129',
  ])('refuses %s, which is not CIDR notation', (subnet) => {
    expect(checkSubnets(['10.0.0.0/8', subnet], [])).toMatchObject({ kind: 'invalid', subnet });
  });

  it.each([
    '127.0.0.1/32',
    '127.0.0.0/8',
    '169.254.169.254/32',
    '::1/128',
    'fe80::/10',
    'fd00:ec2::/48',
    '240.0.0.0/4',
  ])('refuses %s on a stage that does not allow it', (subnet) => {
    expect(checkSubnets([subnet], [])).toMatchObject({ kind: 'invalid', subnet });
  });

  it('accepts loopback on a stage that allows it', () => {
    expect(checkSubnets(['127.0.0.1/32', '127.0.0.0/8'], ['127.0.0.1/32'])).toEqual({ kind: 'ok' });
    expect(checkSubnets(['127.0.0.2/32'], ['127.0.0.1/32']).kind).toBe('invalid');
  });
});
