/** What goes to the page's console at each level, and that no secret does. */
export default async ({ Client, call, client, until, trace, emulator, sdk }) => {
  const lines = [];
  const real = {};
  for (const method of ["log", "info", "warn", "error", "debug", "trace"]) {
    real[method] = console[method];
    console[method] = (...args) => void lines.push([method, args.map((one) => (typeof one === "string" ? one : JSON.stringify(one) ?? "")).join(" ")]);
  }
  const LINE = /^\d{4}-\d\d-\d\dT[\d:.]+Z Conversations\s.*?\b([TDIWE]):/;
  try {
    const payload = { data: { twi_message_type: sdk.NotificationTypes.NEW_MESSAGE } };
    const tokens = [];
    for (const [as, logLevel] of Object.entries({ none: undefined, silent: "silent", info: "info", debug: "DEBUG" })) {
      lines.length = 0;
      const token = await emulator.token(as);
      const made = await client(as, { as, token, options: logLevel === undefined ? {} : { logLevel } });
      await until(as, "initialized");
      tokens.push(token, await emulator.token(as));
      await made.updateToken(tokens.at(-1));
      await made.handlePushNotification(payload);
      const told = new Map();
      for (const [method, line] of lines) {
        const letter = LINE.exec(line)?.[1];
        if (letter !== undefined) told.set(letter, method);
      }
      trace(`at ${as}`, [...told].sort());
      trace(`${as} keeps secrets`, !lines.some(([, line]) => tokens.some((one) => line.includes(one))));
      await made.shutdown();
    }
    trace("levels that do not exist");
    for (const logLevel of ["loud", "", 6, -1, {}, true]) {
      await call(`level ${JSON.stringify(logLevel)}`, () => void new Client("token", { logLevel }));
    }
    const silent = await client("quiet", { options: { logLevel: null } });
    await until("quiet", "initialized");
    lines.length = 0;
    trace("token", typeof silent.token);
    await Client.create("").catch((error) => trace("create", error));
    trace("deprecated", lines.map(([method, line]) => [method, /deprecated/.test(line)]));
  } finally {
    Object.assign(console, real);
  }
};
