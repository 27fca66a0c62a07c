// The reply to a submission tells the page around the frame. See docs/explanation/task-frame.md.
(function () {
  "use strict";
  var facts = document.currentScript.dataset;
  var message = { type: "kempelen:submitted", nonce: facts.receipt, assignmentId: facts.assignment };
  if (window.parent !== window) window.parent.postMessage(message, facts.site);
})();
