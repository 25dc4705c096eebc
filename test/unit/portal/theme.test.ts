import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEmbedParameters } from '../../../portal/src/embed/parameters.ts';
import { contrast, readableOn, TEXT_CONTRAST, textOn } from '../../../portal/src/theme/colour.ts';
import { themeProperties } from '../../../portal/src/theme/theme.ts';

const colour = fc
  .integer({ min: 0, max: 0xffffff })
  .map((value) => `#${value.toString(16).padStart(6, '0')}`);

describe('portal: brand colours', () => {
  it('have the contrast that text needs on every brand colour, in both schemes', () => {
    fc.assert(
      fc.property(colour, (brand) => {
        const tokens = themeProperties({ primaryLight: brand, primaryDark: brand, fontFamily: null }, null);
        for (const side of ['light', 'dark']) {
          const of = (name: string) => tokens[`--${name}-${side}`] ?? '';
          for (const ground of ['page', 'surface', 'hover']) {
            for (const text of ['text', 'muted', 'link', 'navigation', 'danger', 'success', 'warning']) {
              expect(contrast(of(text), of(ground))).toBeGreaterThanOrEqual(TEXT_CONTRAST);
            }
          }
          expect(of('accent')).toBe(brand);
          expect(contrast(of('on-accent'), of('accent'))).toBeGreaterThanOrEqual(TEXT_CONTRAST);
        }
      }),
    );
  });

  it('stay as they are where they can be read', () => {
    expect(readableOn('#3b5bdb', ['#ffffff'])).toBe('#3b5bdb');
    expect(textOn('#ffd43b')).toBe('#000000');
  });
});

describe('portal: parameters of the embedding page', () => {
  it('takes the last one of duplicates, as svix-react appends its own', () => {
    const embed = parseEmbedParameters(
      '?primaryColor=ff0000&darkMode=true&primaryColor=00ff00&darkMode=auto',
    );
    expect(embed).toMatchObject({ primaryLight: '#00ff00', primaryDark: '#00ff00', scheme: 'auto' });
  });

  it('prefers the colour of a scheme over the common one', () => {
    const embed = parseEmbedParameters('?primaryColor=ff0000&primaryColorDark=%230000ff');
    expect(embed).toMatchObject({ primaryLight: '#ff0000', primaryDark: '#0000ff' });
  });

  it('takes only images over https, listed fonts and hexadecimal colours', () => {
    const bad = 'icon=javascript:alert(1)&fontFamily=x%27;}body{&primaryColor=red;background:url(x)';
    expect(parseEmbedParameters(bad)).toMatchObject({ icon: null, fontFamily: null, primaryLight: null });
    const good = 'icon=https%3A%2F%2Fcdn.example%2Flogo.svg&fontFamily=Open+Sans&hideNavigation=true';
    expect(parseEmbedParameters(good)).toMatchObject({
      icon: 'https://cdn.example/logo.svg',
      fontFamily: 'Open Sans',
      hideNavigation: true,
      noGutters: false,
    });
  });
});
