import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Imports go one way: domain ← adapters ← activities ← worker, and domain ← workflows (docs/design). */
const mayNotImport = (files, folders, reason) => ({
  files,
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      { patterns: folders.map((regex) => ({ regex, message: reason, allowTypeImports: false })) },
    ],
  },
});

const nodeBuiltIns = '^node:';
const outside = '^(?!\\.{1,2}/)(?!@temporalio/(workflow|common)$)(?!zod$)(?!@noble/hashes/)';

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'node_modules/', 'examples/', 'test/histories/'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['*.js', 'bin/*.js'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: 'error',
    },
  },
  mayNotImport(
    ['src/domain/**/*.ts'],
    ['/(adapters|activities|workflows|server|emulator|cli|stack)/', nodeBuiltIns, '^@temporalio/'],
    'domain holds pure schemas and rules: it imports nothing but itself, zod and hashes',
  ),
  mayNotImport(
    ['src/adapters/**/*.ts'],
    ['/(activities|workflows|server|cli|stack)/', '^@temporalio/(workflow|worker)'],
    'adapters talk to the outside and know only the domain',
  ),
  mayNotImport(
    ['src/activities/**/*.ts'],
    ['/(workflows|server|cli|stack)/', '^@temporalio/(workflow|worker)'],
    'activities wrap adapters; they know neither workflows nor the worker',
  ),
  {
    files: ['src/workflows/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '/(adapters|server|emulator|cli|stack)/',
              message: 'workflows are deterministic: they import the domain, and activities as types',
            },
            {
              regex: '/activities/',
              message: 'workflows see activities only as types',
              allowTypeImports: true,
            },
            { regex: outside, message: 'workflow code runs in the sandbox: no Node built-ins, few packages' },
          ],
        },
      ],
      'no-restricted-globals': ['error', 'process', 'Buffer', 'setInterval', 'fetch'],
    },
  },
  { files: ['**/*.{js,mjs}'], ...tseslint.configs.disableTypeChecked },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: {
      globals: { console: 'readonly', performance: 'readonly', process: 'readonly', URL: 'readonly' },
    },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off', '@typescript-eslint/unbound-method': 'off' },
  },
);
