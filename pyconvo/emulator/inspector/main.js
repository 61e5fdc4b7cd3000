import "./panels.js";
import "./people.js";
import "./packets.js";
import "./sent.js";
import { watch } from "./service.js";

void watch();
