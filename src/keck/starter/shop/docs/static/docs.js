"use strict";

// Shows the OpenAPI document that the page names, in the colours that the reader's system asks for.
(() => {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const paint = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", paint);
  paint();

  const page = document.getElementById("docs");
  const ui = window.SwaggerUIBundle({
    domNode: page,
    url: page.dataset.openapi,
    deepLinking: true,
    displayRequestDuration: true,
    persistAuthorization: false, // a token stays in this page's memory
    queryConfigEnabled: false, // no ?url= that shows someone else's document here
    validatorUrl: null, // the document is not sent to anyone
    onComplete: () => {
      document.title = ui.specSelectors.specJson().getIn(["info", "title"]) || document.title;
    },
  });
})();
