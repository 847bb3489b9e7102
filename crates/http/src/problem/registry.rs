//! The table of problem types: each is declared here once, and explained at `/problems/<slug>`.

use axum::http::StatusCode;

/// Kind of a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProblemKind {
    /// A parameter has a value that cannot be.
    InvalidParameter,
    /// A parameter does not exist here.
    UnknownParameter,
    /// Nothing is at this address.
    NotFound,
    /// The address does not know the method.
    MethodNotAllowed,
    /// The request came too slowly.
    RequestTimeout,
    /// The place in the change log that was named is not in its history.
    AnotherHistory,
    /// What was here is no more, and the answer says what came after it.
    Gone,
    /// The request has a body that is too large, or one that it may not have.
    ContentTooLarge,
    /// The address is too long.
    UriTooLong,
    /// The body is in a format that is not read here.
    UnsupportedMediaType,
    /// Too many requests from one client.
    TooManyRequests,
    /// The headers are too large.
    HeadersTooLarge,
    /// A fault of the server.
    Internal,
    /// The server has too much to do, or has not finished starting.
    Unavailable,
    /// The answer took too long to make.
    DeadlineExceeded,
}

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProblemType {
    /// Last part of the type's address, `/problems/<slug>`.
    pub slug: &'static str,
    /// HTTP status.
    pub status: u16,
    /// Title in English, as in JSON.
    pub title_en: &'static str,
    /// Title in Vietnamese, as on pages.
    pub title_vi: &'static str,
    /// What it means and what to do, in English.
    pub explanation_en: &'static str,
    /// What it means and what to do, in Vietnamese.
    pub explanation_vi: &'static str,
}

impl ProblemKind {
    /// Every kind, in the order of their statuses.
    pub const ALL: [Self; 15] = [
        Self::InvalidParameter,
        Self::UnknownParameter,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::RequestTimeout,
        Self::AnotherHistory,
        Self::Gone,
        Self::ContentTooLarge,
        Self::UriTooLong,
        Self::UnsupportedMediaType,
        Self::TooManyRequests,
        Self::HeadersTooLarge,
        Self::Internal,
        Self::Unavailable,
        Self::DeadlineExceeded,
    ];

    /// The kind with a slug, for the page at `/problems/<slug>`.
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.row().slug == slug)
    }

    /// HTTP status.
    #[must_use]
    pub fn status(self) -> StatusCode {
        StatusCode::from_u16(self.row().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Address of the type, `/problems/not-found`.
    #[must_use]
    pub fn type_uri(self) -> String {
        format!("/problems/{}", self.row().slug)
    }

    /// The row of the table.
    #[must_use]
    pub fn row(self) -> &'static ProblemType {
        match self {
            Self::InvalidParameter => &ProblemType {
                slug: "invalid-parameter",
                status: 400,
                title_en: "A parameter has a value that cannot be used",
                title_vi: "Có tham số không hợp lệ",
                explanation_en: "A parameter of the address has a wrong form, a value outside its range or one that \
                                 names nothing, or is given twice. \
                                 `errors` names each parameter, its value, the reason and the remedy. The same \
                                 request will fail again until it is changed.",
                explanation_vi: "Một tham số trong địa chỉ sai định dạng, nằm ngoài phạm vi cho phép, nêu một mã chưa \
                                 từng có hoặc được ghi hai lần. \
                                 Mục `errors` nêu rõ từng tham số, giá trị, lý do và cách sửa. Gửi lại y nguyên \
                                 thì vẫn bị từ chối.",
            },
            Self::UnknownParameter => &ProblemType {
                slug: "unknown-parameter",
                status: 400,
                title_en: "A parameter does not exist here",
                title_vi: "Có tham số không tồn tại",
                explanation_en: "The address has a parameter that this operation does not know. It is refused and not \
                                 ignored, so that a misspelt filter never gives an unfiltered answer. `errors` names \
                                 it and the known ones.",
                explanation_vi: "Địa chỉ có tham số mà chức năng này không biết. Hệ thống từ chối thay vì bỏ qua, để \
                                 một bộ lọc gõ sai không trả về kết quả chưa lọc. Mục `errors` nêu tham số đó và các \
                                 tham số được dùng.",
            },
            Self::NotFound => &ProblemType {
                slug: "not-found",
                status: 404,
                title_en: "Nothing is at this address",
                title_vi: "Không tìm thấy",
                explanation_en: "There is no such record on the day asked for, or no such address. Check the code and \
                                 the date: a procedure, unit or centre may exist on another day.",
                explanation_vi: "Không có bản ghi này vào ngày được hỏi, hoặc địa chỉ không tồn tại. Hãy kiểm tra mã \
                                 và ngày: thủ tục, đơn vị hay trung tâm có thể tồn tại vào một ngày khác.",
            },
            Self::MethodNotAllowed => &ProblemType {
                slug: "method-not-allowed",
                status: 405,
                title_en: "The address does not know this method",
                title_vi: "Phương thức không được hỗ trợ",
                explanation_en: "The address exists, but not for this method. The `Allow` header names the methods \
                                 that it knows.",
                explanation_vi: "Địa chỉ có tồn tại nhưng không nhận phương thức này. Tiêu đề `Allow` nêu các phương \
                                 thức được nhận.",
            },
            Self::RequestTimeout => &ProblemType {
                slug: "request-timeout",
                status: 408,
                title_en: "The request came too slowly",
                title_vi: "Yêu cầu gửi quá chậm",
                explanation_en: "The request was not complete within the time allowed. Send it again.",
                explanation_vi: "Yêu cầu chưa gửi xong trong thời gian cho phép. Hãy gửi lại.",
            },
            Self::AnotherHistory => &ProblemType {
                slug: "another-history",
                status: 409,
                title_en: "The place in the change log is not in its history",
                title_vi: "Mốc thay đổi không thuộc lịch sử của danh mục",
                explanation_en: "`after` names a place that the catalogue's change log does not have: the database lost \
                                 its last changes, was restored from a copy, or is another one. What was written up to \
                                 that place may be lost. `reached` is the place at which answers stand now. Look \
                                 whether the change is still there, make it again where it is not, and go on from \
                                 the place that this gives.",
                explanation_vi: "Tham số `after` nêu một mốc mà nhật ký thay đổi của danh mục không có: cơ sở dữ liệu đã \
                                 mất những thay đổi cuối, được khôi phục từ bản sao, hoặc là một cơ sở dữ liệu khác. \
                                 Những gì đã ghi đến mốc ấy có thể không còn. Mục `reached` là mốc mà kết quả hiện \
                                 đang phản ánh. Hãy kiểm tra thay đổi còn hay mất, ghi lại nếu đã mất, rồi tiếp tục \
                                 từ mốc mới.",
            },
            Self::Gone => &ProblemType {
                slug: "gone",
                status: 410,
                title_en: "This unit or centre no longer exists, or does not exist yet, on the day asked for",
                title_vi: "Đơn vị hoặc trung tâm này không tồn tại vào ngày được hỏi",
                explanation_en: "The address or a filter names an administrative unit, or a service centre, of another \
                                 day. `periods` says when the unit had which code; `successors` and `predecessors` say \
                                 what became of it and what it came from. Of a centre, `centre` says when it worked, \
                                 and the rest is about its unit. Ask again with one of those codes, or with a day on \
                                 which the unit or the centre existed.",
                explanation_vi: "Địa chỉ hoặc bộ lọc nêu một đơn vị hành chính, hay một trung tâm một cửa, của một thời \
                                 kỳ khác. Mục `periods` cho biết thời gian đơn vị mang từng mã; `successors` và \
                                 `predecessors` cho biết đơn vị kế thừa và đơn vị trước đó. Với trung tâm, mục `centre` \
                                 cho biết thời gian hoạt động, các mục còn lại nói về đơn vị của trung tâm. Hãy hỏi lại \
                                 với một trong các mã ấy hoặc với ngày mà đơn vị, trung tâm còn tồn tại.",
            },
            Self::ContentTooLarge => &ProblemType {
                slug: "content-too-large",
                status: 413,
                title_en: "The request has a body that is too large",
                title_vi: "Nội dung gửi lên quá lớn",
                explanation_en: "The request carries more than this address takes. A GET or HEAD request may carry no \
                                 body at all.",
                explanation_vi: "Yêu cầu mang theo nhiều dữ liệu hơn mức địa chỉ này nhận. Yêu cầu GET và HEAD không \
                                 được mang nội dung.",
            },
            Self::UriTooLong => &ProblemType {
                slug: "uri-too-long",
                status: 414,
                title_en: "The address is too long",
                title_vi: "Địa chỉ quá dài",
                explanation_en: "Path and query together are longer than 4,096 bytes. Shorten the search words or use \
                                 fewer filters.",
                explanation_vi: "Đường dẫn và tham số dài quá 4.096 byte. Hãy rút ngắn từ khóa hoặc dùng ít bộ lọc hơn.",
            },
            Self::UnsupportedMediaType => &ProblemType {
                slug: "unsupported-media-type",
                status: 415,
                title_en: "The body is in a format that is not read here",
                title_vi: "Định dạng nội dung không được hỗ trợ",
                explanation_en: "The `Content-Type` of the request is not one that this address reads.",
                explanation_vi: "Kiểu nội dung (`Content-Type`) của yêu cầu không thuộc các kiểu mà địa chỉ này đọc được.",
            },
            Self::TooManyRequests => &ProblemType {
                slug: "too-many-requests",
                status: 429,
                title_en: "Too many requests",
                title_vi: "Quá nhiều yêu cầu",
                explanation_en: "This client has sent more requests than allowed in a short time. Wait as long as \
                                 `Retry-After` says. Who needs everything should mirror the lists page by page.",
                explanation_vi: "Máy của bạn đã gửi quá nhiều yêu cầu trong thời gian ngắn. Hãy chờ theo tiêu đề \
                                 `Retry-After`. Nếu cần toàn bộ dữ liệu, hãy tải lần lượt từng trang.",
            },
            Self::HeadersTooLarge => &ProblemType {
                slug: "headers-too-large",
                status: 431,
                title_en: "The headers are too large",
                title_vi: "Phần tiêu đề của yêu cầu quá lớn",
                explanation_en: "The headers of the request are larger than this server reads, often because of \
                                 cookies. This service needs none.",
                explanation_vi: "Phần tiêu đề của yêu cầu lớn hơn mức máy chủ đọc, thường do cookie. Dịch vụ này không \
                                 cần cookie.",
            },
            Self::Internal => &ProblemType {
                slug: "internal",
                status: 500,
                title_en: "The server has a fault",
                title_vi: "Hệ thống gặp lỗi",
                explanation_en: "Something went wrong on our side, not on yours. It has been logged under \
                                 `request_id`; name it when you report the fault.",
                explanation_vi: "Lỗi thuộc về hệ thống, không phải do bạn. Sự việc đã được ghi lại với mã yêu cầu \
                                 `request_id`; hãy nêu mã này khi báo lỗi.",
            },
            Self::Unavailable => &ProblemType {
                slug: "unavailable",
                status: 503,
                title_en: "The server cannot answer right now",
                title_vi: "Hệ thống tạm thời chưa phục vụ được",
                explanation_en: "The server has too much to do, has not finished starting, or has not yet come to \
                                 the place that `after` names (`reached` says how far it is). Ask again after the \
                                 seconds that `Retry-After` names.",
                explanation_vi: "Hệ thống đang quá tải, đang khởi động, hoặc chưa cập nhật đến mốc nêu ở `after` (mục \
                                 `reached` cho biết đã đến đâu). Hãy thử lại sau số giây ghi ở `Retry-After`.",
            },
            Self::DeadlineExceeded => &ProblemType {
                slug: "deadline-exceeded",
                status: 504,
                title_en: "The answer took too long to make",
                title_vi: "Xử lý quá lâu",
                explanation_en: "The answer was not ready within the time allowed, and the work was stopped. Ask again \
                                 after the seconds that `Retry-After` names, with a narrower filter if it repeats.",
                explanation_vi: "Kết quả chưa xong trong thời gian cho phép nên hệ thống đã dừng. Hãy thử lại sau số \
                                 giây ghi ở `Retry-After`; nếu vẫn vậy, hãy lọc hẹp hơn.",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_unique_and_lead_back() {
        for kind in ProblemKind::ALL {
            assert_eq!(ProblemKind::from_slug(kind.row().slug), Some(kind));
            assert_eq!(kind.status().as_u16(), kind.row().status);
        }
        assert!(ProblemKind::from_slug("nothing").is_none());
        assert!(ProblemKind::ALL.windows(2).all(|two| two[0].row().status <= two[1].row().status));
    }
}
