import hooks from 'eslint-plugin-react-hooks';
import { builtinModules } from 'node:module';
import tseslint from 'typescript-eslint';

const parts = {
  shared: ['shared'],
  engine: ['electron/engine', 'electron/headless', 'electron/server'],
  main: ['electron/main', 'electron/preload'],
  renderer: ['renderer'],
  test: ['test'],
};
const nodeGlobals = Object.fromEntries(
  ['process', 'console', 'URL', 'fetch', 'AbortSignal', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Buffer'].map((name) => [name, 'readonly']),
);

/** Time, chance and surroundings enter the engine as arguments, so that a test can hold them still. */
const ports = [
  { selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']", message: 'Take the time from the clock port.' },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Take the time from the clock port; new Date(ms) is fine.' },
  { selector: "CallExpression[callee.name='Date']", message: 'Take the time from the clock port.' },
  { selector: "MemberExpression[object.name='Math'][property.name='random']", message: 'Take chance from the random port.' },
  { selector: "MemberExpression[object.name='process'][property.name='env']", message: 'Hosts read the environment and pass on what is needed.' },
  { selector: "MemberExpression[object.name='performance'][property.name='now']", message: 'Use clock.monotonic().' },
];
const timers = ['setTimeout', 'setInterval'].map((name) => ({ name, message: 'Use clock.after: a test can then hold time still.' }));

export default tseslint.config(
  { ignores: ['out', 'dist', 'coverage', 'node_modules', 'test/fixtures', 'electron/engine/store/migrations'] },
  {
    files: ['**/*.{mjs,cjs,js}'],
    languageOptions: { globals: { ...nodeGlobals, module: 'readonly', require: 'readonly' } },
    rules: { 'no-undef': 'error', 'no-unused-vars': 'error', 'prefer-const': 'error', eqeqeq: 'error' },
  },
  ...Object.entries(parts).map(([part, folders]) => ({
    files: folders.map((folder) => `${folder}/**/*.{ts,tsx}`),
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { project: [`./tsconfig/${part}.json`], tsconfigRootDir: import.meta.dirname } },
  })),
  {
    files: ['{electron,renderer,shared,test}/**/*.{ts,tsx}'],
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/no-explicit-any': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-control-regex': 'error',
      'prefer-const': 'error',
      'no-var': 'error',
      'no-debugger': 'error',
    },
  },
  {
    files: ['{electron,shared,renderer}/**/*.{ts,tsx}'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'error', 'max-lines': ['error', { max: 400, skipBlankLines: true }] },
  },
  {
    files: ['{electron,shared,renderer,test}/**/*.{ts,tsx}'],
    rules: { 'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Name what you export.' }] },
  },
  {
    files: ['electron/engine/**/*.ts'],
    ignores: ['electron/engine/lib/clock.ts', 'electron/engine/lib/ids.ts', 'electron/engine/host/**'],
    rules: {
      'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Name what you export.' }, ...ports],
      'no-restricted-globals': ['error', ...timers],
    },
  },
  { files: ['electron/{engine,server,headless}/**/*.ts'], rules: { 'no-console': 'error' } },
  {
    files: ['renderer/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': hooks },
    rules: {
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      'no-restricted-imports': ['error', { paths: builtinModules.flatMap((name) => [name, `node:${name}`]) }],
    },
  },
);
