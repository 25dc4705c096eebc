/** Outlines in a field of 16 by 16. */
const PATHS = {
  plus: 'M8 3v10M3 8h10',
  check: 'M3 8.5l3.2 3.2L13 5',
  close: 'M4 4l8 8M12 4l-8 8',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  chevron: 'M6 3.5l4.5 4.5L6 12.5',
  back: 'M7 3.5L2.5 8 7 12.5M2.5 8h11',
  down: 'M3.5 6L8 10.5 12.5 6',
  alert: 'M8 2l6.5 11.5h-13zM8 6.5v3.2M8 11.6v.1',
  info: 'M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8M8 7.4v3.8M8 4.8v.1',
  offline:
    'M2 2l12 12M4.6 8.4A5 5 0 0 1 7 7M9.8 7.2a5 5 0 0 1 1.6 1.2M2.3 6a8.4 8.4 0 0 1 2.5-1.7M7.5 3.6A8.4 8.4 0 0 1 13.7 6M8 12v.1',
  lock: 'M3.5 7h9v6.5h-9zM5.2 7V5a2.8 2.8 0 0 1 5.6 0v2M8 9.7v1.4',
  logout: 'M6 2.5H2.5v11H6M10 4.8L13.2 8 10 11.2M13.2 8H6',
  sliders:
    'M2 4.5h7M13 4.5h1M2 11.5h1M7 11.5h7M9.2 4.5a1.9 1.9 0 1 0 3.8 0 1.9 1.9 0 0 0-3.8 0M3.2 11.5a1.9 1.9 0 1 0 3.8 0 1.9 1.9 0 0 0-3.8 0',
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9M10.3 10.3L14 14',
  send: 'M14 2L7.2 8.8M14 2L9.6 14 7.2 8.8 2 6.4z',
  refresh: 'M13.5 3v3.6H9.9M13 6.6A5.5 5.5 0 1 0 13.5 9',
  eye: 'M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8M8 6.1a1.9 1.9 0 1 1 0 3.8 1.9 1.9 0 0 1 0-3.8',
  hidden:
    'M2 2l12 12M6.3 3.7A6.3 6.3 0 0 1 8 3.5c4 0 6.5 4.5 6.5 4.5a12 12 0 0 1-1.7 2.2M10 12.2a6.5 6.5 0 0 1-2 .3C4 12.5 1.5 8 1.5 8a12 12 0 0 1 2.7-3.100M6.7 6.700a1.9 1.9 0 0 0 2.6 2.6',
  trash: 'M2.5 4.200h11M6 4.200V2.500h4v1.700M4 4.200l.6 9.300h6.800l.6-9.300M6.6 6.800v4.200M9.4 6.800v4.2',
  bolt: 'M8.8 1.800L3.5 9h4.200l-.6 5.200L12.5 7H8.200z',
  pause: 'M5.2 3v10M10.8 3v10',
  external: 'M9.5 2.500h4v4M13.5 2.500L7.5 8.500M11.5 9.500v4h-9v-9h4',
  inbox: 'M2 9.500l2-6.500h8l2 6.500v4H2zM2 9.500h3.500l1 1.700h3l1-1.700H14',
  globe:
    'M8 1.800a6.2 6.2 0 1 1 0 12.400A6.2 6.2 0 0 1 8 1.800M1.8 8h12.400M8 1.800c2 1.7 2.7 3.9 2.7 6.200S10 12.5 8 14.200C6 12.5 5.3 10.3 5.3 8S6 3.5 8 1.8',
  list: 'M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4v.1M2.5 8v.1M2.5 12v.1',
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration: the text beside it, or the label of its button, says what it means. */
export const Icon = ({ name, size = 16 }: { name: IconName; size?: number }) => (
  <svg class="icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    <path
      d={PATHS[name]}
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-linecap="round"
      stroke-linejoin="round"
    />
  </svg>
);

/** The mark that is shown where an organization has no logo: a post horn. */
export const Mark = () => (
  <svg class="brand-mark" width="24" height="24" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <rect width="32" height="32" rx="8" class="brand-mark-ground" />
    <path d="M6 13.5v5l10 1.5 8 5v-18l-8 5z" class="brand-mark-figure" />
    <circle cx="12" cy="16" r="2" class="brand-mark-ground" />
  </svg>
);
