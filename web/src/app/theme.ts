import { createTheme, type MantineColorsTuple } from '@mantine/core';

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
  primaryShade: { light: 8, dark: 6 },
  autoContrast: true,
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, monospace",
  headings: { fontFamily: "'Inter Variable', system-ui, sans-serif", fontWeight: '650' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
});
