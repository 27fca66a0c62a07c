// The three functions that task pages take from this script, written anew.

function turkGetParam(name, defaultValue) {
  var escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  var found = new RegExp("[?&]" + escaped + "=([^&#]*)").exec(window.location.href);
  return found === null ? defaultValue : found[1];
}

function turkGetSubmitToHost() {
  return decodeURIComponent(turkGetParam("turkSubmitTo", "https://www.mturk.com"));
}

function turkSetAssignmentID(formName, buttonName) {
  var assignmentId = turkGetParam("assignmentId", "");
  var form = document.getElementById(formName || "mturk_form");
  var button = document.getElementById(buttonName || "submitButton");
  var field = document.getElementById("assignmentId");
  if (field) field.value = assignmentId;
  if (assignmentId === "ASSIGNMENT_ID_NOT_AVAILABLE" && button) {
    button.disabled = true;
    button.value = "You must ACCEPT the HIT before you can submit the results.";
  }
  if (form) form.action = turkGetSubmitToHost() + "/mturk/externalSubmit";
}
