const { get } = process.getBuiltinModule('node:http');

/**
 * The health check of the image, a process of its own without a shell: ends with 0 when the Payment Manager of this container answers
 * `/health/live` within five seconds, else with 1. An argument is asked instead: the sandbox has a hub. It runs every half a minute beside a
 * product with little memory, so it loads nothing where a variable says the port; the configuration is read only where none does.
 */
const TIMEOUT_MS = 5_000;

const answers = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const asking = get(url, { timeout: TIMEOUT_MS, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asking.on('timeout', () => asking.destroy());
    asking.on('error', () => resolve(false));
  });

async function configured(): Promise<string> {
  const { loadConfig } = await import('@payment-manager/configuration');
  const { ownOrigin } = await import('@payment-manager/configuration/addresses');
  const { config } = await loadConfig(process.env['PM_CONFIG_FILE'], process.env, process.cwd());
  return `${ownOrigin('http', config.operations)}/health/live`;
}

const [, , given] = process.argv;
const { PM_OPERATIONS_PORT: port } = process.env;
const first = given ?? (port === undefined ? undefined : `http://127.0.0.1:${port}/health/live`);
const healthy = (first !== undefined && (await answers(first))) || (given === undefined && (await answers(await configured())));
process.exitCode = healthy ? 0 : 1;
