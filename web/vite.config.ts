import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const page = (name: string) => fileURLToPath(new URL(name, import.meta.url));

// The gateway serves index.html under /console, graphiql.html at /graphiql, and both take their assets from /console/assets.
const gateway = process.env.STOCKBRIDGE_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  base: '/console/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    target: 'es2023',
    // These know light-dark(); for older ones it would be rewritten in a way that Mantine's colour schemes do not set.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // The GraphiQL page carries a code editor; its size is known and it loads apart from the console.
    chunkSizeWarningLimit: 5000,
    rolldownOptions: {
      // "use no memo" speaks to a compiler we do not use.
      onLog: (level, log, handle) => log.code === 'MODULE_LEVEL_DIRECTIVE' || handle(level, log),
      input: { console: page('index.html'), graphiql: page('graphiql.html') },
    },
  },
  // Its workers are named in Vite's own way, which cannot be bundled ahead.
  optimizeDeps: { entries: ['index.html'], exclude: ['@graphiql/react'] },
  server: {
    proxy: { '/graphql': { target: gateway, ws: true }, '/import': gateway, '/export': gateway },
  },
  test: { include: ['src/**/*.test.ts', 'src/**/*.test.tsx'], environment: 'node' },
});
