/** Content templates on the page. Not responsible for reading them, nor for what their content means: the core is. */

/** A place in a template, and what stands there. */
export class ContentTemplateVariable {
  constructor(
    readonly name: string,
    readonly value: string,
  ) {}

  copyWithValue(value: string): ContentTemplateVariable {
    return new ContentTemplateVariable(this.name, value);
  }
}

/** A template as the core describes it. */
export interface TemplateFields {
  sid: string;
  friendlyName: string;
  variables: { name: string; value: string }[];
  variants: Record<string, object>;
  dateCreated: Date | null;
  dateUpdated: Date | null;
}

export class ContentTemplate {
  readonly sid: string;
  readonly friendlyName: string;
  readonly variables: ContentTemplateVariable[];
  /** By content type, such as `twilio/text`. */
  readonly variants: Map<string, object>;
  readonly dateCreated: Date;
  readonly dateUpdated: Date;

  constructor(fields: TemplateFields) {
    this.sid = fields.sid;
    this.friendlyName = fields.friendlyName;
    this.variables = fields.variables.map(({ name, value }) => new ContentTemplateVariable(name, value));
    this.variants = new Map(Object.entries(fields.variants));
    // Always a date, as in the official SDK: what the service does not tell is an invalid one.
    this.dateCreated = fields.dateCreated ?? new Date(NaN);
    this.dateUpdated = fields.dateUpdated ?? new Date(NaN);
  }
}
