"""Questions that tests of files ask."""

FILE_FORM = (
    '<QuestionForm xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2005-10-01/'
    'QuestionForm.xsd"><Question><QuestionIdentifier>photo</QuestionIdentifier><IsRequired>true</IsRequired>'
    "<QuestionContent><Text>A photo</Text></QuestionContent><AnswerSpecification><FileUploadAnswer>"
    "<MaxFileSizeInBytes>100000</MaxFileSizeInBytes><MinFileSizeInBytes>3</MinFileSizeInBytes>"
    "</FileUploadAnswer></AnswerSpecification></Question></QuestionForm>"
)
