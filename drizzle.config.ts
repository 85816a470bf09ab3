import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'sqlite',
  schema: './electron/engine/store/schema/index.ts',
  out: './electron/engine/store/migrations',
});
