// Type-aware lint rules: what the type system is told must be true, and no promise is left alone.
import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'

export default defineConfig(
  {
    ignores: ['node_modules', 'build', 'dist', '.wrangler', '.local*', 'reports', 'worker-configuration.d.ts', '**/*.{js,cjs,mjs}'],
  },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      // Values from outside are parsed; `as const` stays allowed.
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' }],
      // Interfaces say "asynchronous" where one implementation has nothing to await.
      '@typescript-eslint/require-await': 'off',
      // Remix loaders answer with `throw redirect(…)`, a Response.
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      'no-restricted-syntax': ['error', { selector: 'TSEnumDeclaration', message: 'Node runs the TypeScript as it is: use a union of strings.' }],
    },
  },
  {
    // What Node runs knows Node's globals; tests/worker runs in workerd.
    files: ['{local,cli,e2e,bench,tests}/**/*.ts', '*.config.ts'],
    ignores: ['tests/worker/**'],
    languageOptions: { parserOptions: { project: './tsconfig.node.json' } },
  },
  {
    // No clock and no chance in the numbers: both are parameters.
    files: ['core/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-properties': ['error', { object: 'Math', property: 'random' }, { object: 'Date', property: 'now' }, { object: 'performance', property: 'now' }],
      'no-restricted-globals': ['error', 'fetch', 'setTimeout', 'process'],
    },
  },
  {
    // JSX handlers may be asynchronous: React ignores what they return.
    files: ['app/**/*.tsx'],
    rules: { '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }] },
  },
  {
    // Tests read answers of the real thing and say what they expect to find in them.
    files: ['**/*.test.{ts,tsx}', 'tests/**', 'e2e/**', 'bench/**'],
    rules: {
      '@typescript-eslint/consistent-type-assertions': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
)
