import { Duration } from 'aws-cdk-lib';
import { HeadersReferrerPolicy } from 'aws-cdk-lib/aws-cloudfront';
import type { ResponseHeadersPolicyProps } from 'aws-cdk-lib/aws-cloudfront';
import type { PortalConfig } from '../../config.ts';

const YEAR_SECONDS = 31_536_000;

/**
 * What the page may do: run its own scripts, talk to its own origin and to the other APIs of the stage, show images over
 * HTTPS (the logo of the platform). `frame-ancestors` replaces X-Frame-Options, which cannot name several pages.
 */
const policyOf = ({ frameAncestors, allowedServerUrls }: PortalConfig): string =>
  Object.entries({
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'"],
    'font-src': ["'self'"],
    'img-src': ["'self'", 'data:', 'https:'],
    'connect-src': ["'self'", ...allowedServerUrls],
    'base-uri': ["'self'"],
    'form-action': ["'none'"],
    'frame-ancestors': frameAncestors,
    // No value may be given to innerHTML and its like, and no policy may be made that could allow it.
    'require-trusted-types-for': ["'script'"],
    'trusted-types': ["'none'"],
  })
    .map(([directive, sources]) => [directive, ...sources].join(' '))
    .join('; ');

/** The security headers of the page, which both hosts send. */
export const pageHeaders = (portal: PortalConfig) => ({
  'content-security-policy': policyOf(portal),
  'strict-transport-security': `max-age=${YEAR_SECONDS}`,
  'x-content-type-options': 'nosniff',
  // Links contain ids of tenants.
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'clipboard-write=(self), camera=(), geolocation=(), microphone=(), payment=()',
});

export type PageHeaders = ReturnType<typeof pageHeaders>;

/** The same headers for CloudFront, which has places of its own for most of them. */
export const cloudFrontHeaders = (headers: PageHeaders): ResponseHeadersPolicyProps => ({
  securityHeadersBehavior: {
    contentSecurityPolicy: { contentSecurityPolicy: headers['content-security-policy'], override: true },
    strictTransportSecurity: { accessControlMaxAge: Duration.seconds(YEAR_SECONDS), override: true },
    contentTypeOptions: { override: true },
    referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
  },
  customHeadersBehavior: {
    customHeaders: [{ header: 'permissions-policy', value: headers['permissions-policy'], override: true }],
  },
});

/** The text of config.json: what the page needs to know about its stage. */
export const pageConfig = ({ allowedServerUrls, newLinkUrl }: PortalConfig): string =>
  JSON.stringify({
    // The API is on the origin of the page.
    apiUrl: null,
    allowedServerUrls,
    ...(newLinkUrl === undefined ? {} : { organizationTokenRefreshUrl: newLinkUrl }),
  });
