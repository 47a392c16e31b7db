import { Badge, createTheme, Modal, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

const bridge: MantineColorsTuple = [
  '#e9f6f6',
  '#d3e9ea',
  '#a6d2d5',
  '#77bac0',
  '#50a6ad',
  '#369aa2',
  '#27939c',
  '#167f88',
  '#066f77',
  '#005f67',
];

export const theme = createTheme({
  colors: { bridge },
  primaryColor: 'bridge',
  primaryShade: { light: 8, dark: 7 },
  autoContrast: true,
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, monospace",
  headings: { fontFamily: "'Inter Variable', system-ui, sans-serif", fontWeight: '650' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    // A badge says a whole word or nothing: it must not shrink in a narrow column.
    Badge: Badge.extend({
      styles: {
        root: { textTransform: 'none', fontWeight: 580, letterSpacing: 0, flexShrink: 0, minWidth: 'max-content' },
      },
    }),
    Modal: Modal.extend({
      defaultProps: { closeButtonProps: { 'aria-label': 'Close' } },
      styles: { title: { fontWeight: 640, fontSize: 'var(--mantine-font-size-lg)' } },
    }),
  },
});

type Tones = Record<string, readonly [ground: string, text: string]>;

/** Quiet grounds with text that stays readable on them (contrast of at least 4.5 to 1), for badges and notices. */
const LIGHT: Tones = {
  teal: ['#e3f5ee', '#0b6548'],
  green: ['#e3f5ee', '#0b6548'],
  yellow: ['#fdf3d8', '#7a5200'],
  orange: ['#feeee0', '#97400a'],
  red: ['#fdeaea', '#a61b1b'],
  blue: ['#e7f1fb', '#17558f'],
  gray: ['#eef1f3', '#495057'],
};

const DARK: Tones = {
  teal: ['#12332a', '#85dcb9'],
  green: ['#12332a', '#85dcb9'],
  yellow: ['#382d12', '#f3cf7a'],
  orange: ['#3c2515', '#f6b37f'],
  red: ['#3d1d1d', '#f4a9a9'],
  blue: ['#16293d', '#9ac9f4'],
  gray: ['#32363a', '#c3c9cf'],
};

function grounds(tones: Tones): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tones).flatMap(([color, [ground, text]]) => [
      [`--mantine-color-${color}-light`, ground],
      [`--mantine-color-${color}-light-color`, text],
    ]),
  );
}

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#59626b',
    '--mantine-color-placeholder': '#59626b',
    '--link-color': 'var(--mantine-color-bridge-8)',
    ...grounds(LIGHT),
  },
  dark: {
    '--mantine-color-dimmed': '#9aa2aa',
    '--mantine-color-placeholder': '#9aa2aa',
    '--link-color': 'var(--mantine-color-bridge-3)',
    '--mantine-color-red-filled': 'var(--mantine-color-red-9)',
    '--mantine-color-red-filled-hover': 'var(--mantine-color-red-8)',
    ...grounds(DARK),
  },
});
