/** An application as its author writes it. What it hears goes to `window.received`. */

import { Client, runtime } from "pyconvo";
import { received } from "./talk.js";

window.received = received({ Client, runtime });
