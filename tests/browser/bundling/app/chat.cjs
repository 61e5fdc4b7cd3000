/** The same over `require`. */

const { Client, runtime } = require("pyconvo");
const { received } = require("./talk.js");

window.received = received({ Client, runtime });
