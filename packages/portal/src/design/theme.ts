import { createTheme, type MantineColorsTuple } from '@mantine/core';
import './mantine-styles.ts';
import './tokens.css';
import './base.css';

const TEAL: MantineColorsTuple = [
  '#e6f4f4',
  '#cfe7e8',
  '#a1cfd1',
  '#5cc4c8',
  '#3fa7ac',
  '#1e8188',
  '#0b6068',
  '#094c53',
  '#073c42',
  '#052c30',
];

/** Grounds of the dark, as in `tokens.css`: 4 lines, 6 inputs, 7 the page. */
const DARK: MantineColorsTuple = [
  '#e8edee',
  '#c9d2d4',
  '#a3b0b3',
  '#67757b',
  '#333c40',
  '#232a2d',
  '#1a2023',
  '#101416',
  '#0c0f11',
  '#080a0b',
];

/** Mantine’s inputs and dialogs in the colours and sizes of `tokens.css`. */
export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: { light: 6, dark: 3 },
  colors: { teal: TEAL, dark: DARK },
  fontFamily: 'var(--pm-font)',
  fontFamilyMonospace: 'var(--pm-mono)',
  fontSizes: { xs: 'var(--pm-size-small)', sm: 'var(--pm-size)', md: 'var(--pm-size-large)' },
  defaultRadius: 'var(--pm-radius-small)',
  focusRing: 'auto',
  cursorType: 'pointer',
  components: {
    Button: { defaultProps: { size: 'sm', variant: 'filled' } },
    TextInput: { defaultProps: { size: 'sm' } },
    PasswordInput: { defaultProps: { size: 'sm' } },
  },
});
