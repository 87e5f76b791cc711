/** Run once after an installation in a checkout: what the product loads, and what `./pm start` and `./pm send` load besides. */
await import('@payment-manager/payment-manager/warm-up');
await Promise.all([import('./command-list.ts'), import('./start/start.ts'), import('./send/send.ts')]);
