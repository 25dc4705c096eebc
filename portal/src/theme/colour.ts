/** Colours as WCAG 2.2 compares them. */
export interface Rgb {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

/** Contrast that text of normal size needs (WCAG 1.4.3). */
export const TEXT_CONTRAST = 4.5;

const BLACK: Rgb = { red: 0, green: 0, blue: 0 };
const WHITE: Rgb = { red: 255, green: 255, blue: 255 };
const STEPS = 100;

/** `#rrggbb`. */
export const rgbOf = (hex: string): Rgb => ({
  red: Number.parseInt(hex.slice(1, 3), 16),
  green: Number.parseInt(hex.slice(3, 5), 16),
  blue: Number.parseInt(hex.slice(5, 7), 16),
});

const channel = (value: number): string => Math.round(value).toString(16).padStart(2, '0');

export const hexOf = ({ red, green, blue }: Rgb): string =>
  `#${channel(red)}${channel(green)}${channel(blue)}`;

const linear = (value: number): number => {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
};

const luminance = ({ red, green, blue }: Rgb): number =>
  0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);

/** 1 (the same) to 21 (black and white). */
export const contrast = (one: string, other: string): number => {
  const [first, second] = [luminance(rgbOf(one)), luminance(rgbOf(other))];
  return (Math.max(first, second) + 0.05) / (Math.min(first, second) + 0.05);
};

const mix = (from: Rgb, to: Rgb, share: number): Rgb => ({
  red: from.red + (to.red - from.red) * share,
  green: from.green + (to.green - from.green) * share,
  blue: from.blue + (to.blue - from.blue) * share,
});

/** The colour, darkened or lightened only as far as text in it needs to be read on all of `backgrounds`. */
export const readableOn = (hex: string, backgrounds: readonly string[]): string => {
  const reads = (candidate: string) => backgrounds.every((one) => contrast(candidate, one) >= TEXT_CONTRAST);
  for (let step = 0; step <= STEPS; step += 1) {
    for (const end of [BLACK, WHITE]) {
      const candidate = hexOf(mix(rgbOf(hex), end, step / STEPS));
      if (reads(candidate)) return candidate;
    }
  }
  return hex;
};

/** White where it can be read on the colour, else black, which then can. */
export const textOn = (hex: string): string =>
  contrast(hex, '#ffffff') >= TEXT_CONTRAST ? '#ffffff' : '#000000';
