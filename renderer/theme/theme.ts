import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';
import { t } from '../lib/messages/index.ts';

/** Deep teal: the colour of the shell, of primary actions and links. */
const pine: MantineColorsTuple = ['#ebf5f4', '#d3e8e6', '#a6d0cd', '#78b7b4', '#519e9d', '#2b7d7f', '#1d6d70', '#125e63', '#0d4a50', '#08353a'];
/** Warm amber: attention and the one accent. Never text on white below shade 7. */
const amber: MantineColorsTuple = ['#fff6e5', '#fde8c3', '#f9d28d', '#f4ba55', '#f0a92e', '#dd9010', '#b87208', '#8f5706', '#6e4307', '#523206'];
/** Warm greys, so that paper and borders do not look blue beside the teal. */
const gray: MantineColorsTuple = ['#faf8f5', '#f4f1ec', '#e9e5de', '#dad5cc', '#bfb9ae', '#979186', '#6a655b', '#4d4941', '#34312c', '#1f1d1a'];
/** Ink: the surfaces of the dark scheme. */
const dark: MantineColorsTuple = ['#e3ebeb', '#c3cfd1', '#9db0b4', '#6f858a', '#3a4e55', '#2a3b41', '#1b2a2f', '#121e22', '#0d1619', '#080e10'];
const red: MantineColorsTuple = ['#fdf0ee', '#fbdcd7', '#f5b5ab', '#ec8b7c', '#e06552', '#c94531', '#b8321f', '#9a2718', '#7b1f13', '#5d180f'];
const green: MantineColorsTuple = ['#eef7ef', '#d7ecd9', '#aed8b2', '#82c089', '#5ba864', '#3f9149', '#2c7a37', '#1f642a', '#174e20', '#103a17'];

const titleStyles = { title: { fontSize: '1.125rem', fontWeight: 640, lineHeight: 1.35 } };

/** The one theme: type scale 12/13/14/16/20/28, spacing 4/8/12/16/24/32, radius 8, motion of at most 150 ms. */
export const theme = createTheme({
  primaryColor: 'pine',
  primaryShade: { light: 7, dark: 5 },
  autoContrast: true,
  luminanceThreshold: 0.28,
  colors: { pine, amber, gray, dark, red, green },
  white: '#ffffff',
  black: '#15282d',
  fontFamily: "'Inter Variable', Inter, system-ui, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, monospace",
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  lineHeights: { xs: '1.35', sm: '1.45', md: '1.5', lg: '1.5', xl: '1.4' },
  headings: {
    fontWeight: '640',
    sizes: {
      h1: { fontSize: '1.5rem', lineHeight: '1.25' },
      h2: { fontSize: '1.125rem', lineHeight: '1.35' },
      h3: { fontSize: '1rem', lineHeight: '1.4' },
      h4: { fontSize: '0.875rem', lineHeight: '1.4' },
    },
  },
  spacing: { xs: '0.25rem', sm: '0.5rem', md: '0.75rem', lg: '1rem', xl: '1.5rem' },
  radius: { xs: '3px', sm: '5px', md: '8px', lg: '12px', xl: '18px' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  focusRing: 'auto',
  components: {
    Button: { defaultProps: { size: 'sm' } },
    ActionIcon: { defaultProps: { size: 'md', variant: 'subtle' } },
    TextInput: { defaultProps: { size: 'sm' } },
    PasswordInput: { defaultProps: { size: 'sm' } },
    NumberInput: { defaultProps: { size: 'sm', hideControls: true } },
    Textarea: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', checkIconPosition: 'right', comboboxProps: { transitionProps: { duration: 100 } } } },
    MultiSelect: { defaultProps: { size: 'sm', checkIconPosition: 'right', comboboxProps: { transitionProps: { duration: 100 } } } },
    TagsInput: { defaultProps: { size: 'sm' } },
    Switch: { defaultProps: { size: 'sm' } },
    Checkbox: { defaultProps: { size: 'sm' } },
    SegmentedControl: { defaultProps: { size: 'xs', transitionDuration: 100 } },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: true, multiline: true, maw: 360, transitionProps: { duration: 100 } } },
    Menu: { defaultProps: { shadow: 'md', transitionProps: { duration: 100 } } },
    Popover: { defaultProps: { shadow: 'md', transitionProps: { duration: 100 } } },
    Modal: { styles: titleStyles, defaultProps: { centered: true, transitionProps: { duration: 120 }, overlayProps: { backgroundOpacity: 0.45 } } },
    Drawer: { styles: titleStyles, defaultProps: { position: 'right', padding: 'xl', transitionProps: { duration: 150 }, overlayProps: { backgroundOpacity: 0.35 } } },
    CloseButton: { defaultProps: { 'aria-label': t('common.close') } },
    Paper: { defaultProps: { withBorder: true } },
    Card: { defaultProps: { withBorder: true } },
  },
});

/** Tokens beside Mantine's own: paper, surfaces, the shell and text that must stay AA in both schemes. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#15282d',
    '--mantine-color-dimmed': '#5c6468',
    '--mantine-color-placeholder': '#6e7478',
    '--mantine-color-anchor': '#125e63',
    '--mantine-color-error': '#b8321f',
    '--mantine-color-default-border': '#d9d4cb',
    '--homing-paper': '#f8f6f2',
    '--homing-surface': '#ffffff',
    '--homing-surface-2': '#f4f1ec',
    '--homing-line': '#e4dfd7',
    '--homing-hover': '#f4f1ec',
    '--homing-selected': '#e3f0ee',
    '--homing-shell': '#0c3238',
    '--homing-shell-line': '#1c474d',
    '--homing-shell-text': '#cfe0df',
    '--homing-shell-active': '#174a51',
    '--homing-focus': '#b87208',
    '--homing-good': '#1f642a',
    '--homing-warn': '#7a4a05',
    '--homing-bad': '#9a2718',
    '--homing-quiet': '#4d5a5e',
    '--homing-series-1': '#125e63',
    '--homing-series-2': '#d98d0f',
    '--homing-series-3': '#b8321f',
  },
  dark: {
    '--mantine-color-body': '#16242a',
    '--mantine-color-text': '#e3ebeb',
    '--mantine-color-dimmed': '#9db0b4',
    '--mantine-color-placeholder': '#8a9da1',
    '--mantine-color-anchor': '#78b7b4',
    '--mantine-color-error': '#ec8b7c',
    '--mantine-color-default-border': '#35484f',
    '--mantine-color-pine-light': 'rgb(82 158 157 / 18%)',
    '--mantine-color-pine-light-hover': 'rgb(82 158 157 / 26%)',
    '--mantine-color-pine-light-color': '#a6d0cd',
    '--mantine-color-amber-light': 'rgb(240 169 46 / 16%)',
    '--mantine-color-amber-light-hover': 'rgb(240 169 46 / 24%)',
    '--mantine-color-amber-light-color': '#f9d28d',
    '--mantine-color-red-light': 'rgb(224 101 82 / 18%)',
    '--mantine-color-red-light-hover': 'rgb(224 101 82 / 26%)',
    '--mantine-color-red-light-color': '#f5b5ab',
    '--homing-paper': '#0f191d',
    '--homing-surface': '#16242a',
    '--homing-surface-2': '#1b2b31',
    '--homing-line': '#283a40',
    '--homing-hover': '#1e2f35',
    '--homing-selected': '#17393d',
    '--homing-shell': '#0a1316',
    '--homing-shell-line': '#1d2b30',
    '--homing-shell-text': '#b7c8ca',
    '--homing-shell-active': '#16302f',
    '--homing-focus': '#f4ba55',
    '--homing-good': '#82c089',
    '--homing-warn': '#f4ba55',
    '--homing-bad': '#ec8b7c',
    '--homing-quiet': '#a9b9bc',
    '--homing-series-1': '#59aeac',
    '--homing-series-2': '#f0a92e',
    '--homing-series-3': '#e77a69',
  },
});
