// Where drizzle-kit finds the schema and puts its migrations.
import { defineConfig } from 'drizzle-kit';

export default defineConfig({ dialect: 'postgresql', schema: './worker/data/schema/*.ts', out: './migrations', entities: { roles: true } });
