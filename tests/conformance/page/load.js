// Classic, so that the SDK under test is loaded exactly as a page author would: by a script tag.
document.write(`<script src="${new URLSearchParams(location.search).get("sdk")}"><\/script>`);
